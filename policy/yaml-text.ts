import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';

/** One thing that is wrong with a file, where it is, and what to do. */
export interface FileProblem {
  readonly path: string;
  readonly message: string;
  /** The first line is 1. */
  readonly line?: number;
}

/** A YAML text as values, with the line of each. */
export interface YamlText {
  readonly value: unknown;
  /** Of a path, or of the nearest thing above it that is there; `below` counts lines inside a text. */
  readonly lineOf: (path: readonly PropertyKey[], below?: number) => { readonly line?: number };
}

/** Never throws. */
export function readYamlText(text: string): YamlText | { readonly problems: readonly FileProblem[] } {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    if (document.errors.length > 0) {
      const problems = document.errors.map(({ message, pos }) => ({
        ...{ path: '', message },
        line: lines.linePos(pos[0]).line,
      }));
      return { problems };
    }
    const value: unknown = document.toJS();
    return { value, lineOf: (path, below = 0) => lineIn({ document, lines, path, below }) };
  } catch (error) {
    return { problems: [{ path: '', message: error instanceof Error ? error.message : String(error) }] };
  }
}

function lineIn({
  document,
  lines,
  path,
  below,
}: {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly path: readonly PropertyKey[];
  readonly below: number;
}): { readonly line?: number } {
  const lineOfNode = (node: Node | undefined) => {
    const start = node?.range?.[0];
    return start === undefined ? undefined : lines.linePos(start).line;
  };
  let node = resolved(document, document.contents);
  let line = lineOfNode(node);
  for (const step of path) {
    const found = inside(node, step);
    if (found === undefined) return line === undefined ? {} : { line };
    line = lineOfNode(found.at) ?? line;
    node = resolved(document, found.value);
  }
  if (line === undefined) return {};
  // The text of a block begins on the line after its key.
  const isBlock = isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED');
  return { line: line + below + (isBlock && below > 0 ? 1 : 0) };
}

/** What lies one step further, and the node whose line says where: the key in a map, the item itself in a list. */
function inside(
  node: Node | undefined,
  step: PropertyKey,
): { readonly at: Node | undefined; readonly value: Node | undefined } | undefined {
  if (isSeq<Node>(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? undefined : { at: item, value: item };
  }
  if (!isMap<Node, Node | null>(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return pair === undefined ? undefined : { at: pair.key, value: pair.value ?? undefined };
}

function resolved(document: Document, node: Node | null | undefined): Node | undefined {
  if (node === null || node === undefined) return undefined;
  return isAlias(node) ? node.resolve(document) : node;
}
