export { openHttp } from './door';
export { pathOf } from './path';
export { noBody } from './answer';
export { listWhole, listingPage, positionOf, tokenOf, type ListingPosition, type ListingRows } from './paging';
export { fingerprintOf, requestToken, revealed, type Source as TokenAsker } from './credential';
export type { Token, TokenSource } from './token';
