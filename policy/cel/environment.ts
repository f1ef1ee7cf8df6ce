import { celEnv, type CelEnv, type CelFunc } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';

/** Of the text functions those whose result is no longer than what they are given: a condition stays small. */
const textFunctions = ['charAt', 'indexOf', 'lastIndexOf', 'lowerAscii', 'upperAscii', 'substring', 'trim'];

/**
 * The language of conditions: CEL's standard functions and a few for texts. Regular expressions are RE2, whose time grows
 * with the text and never runs away.
 */
export const environment: CelEnv = celEnv({
  funcs: [...strings].filter((one: CelFunc) => textFunctions.includes(one.name)),
});
