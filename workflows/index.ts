export { leaver } from './leaver';
export { person } from './person';
export { check } from './check';
export { plan } from './plan';
export { link } from './link';
