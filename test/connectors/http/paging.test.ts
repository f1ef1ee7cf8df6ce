import fc from 'fast-check';
import { listWhole, listingPage, positionOf, type ListingRows } from '../../../connectors/http';

interface Row {
  readonly id: string;
}
const rowsOf = (count: number): readonly Row[] => Array.from({ length: count }, (_, index) => ({ id: `r${index}` }));
const listing = { target: 'one', operation: 'list', pageSize: 10, idOf: ({ id }: Row) => id };
const invalid = expect.objectContaining({ name: 'VendorAnswerInvalid' });

test('the listing is whole whatever page lengths the vendor chooses, with a total or without', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(80),
      fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1 }),
      fc.boolean(),
      async (count, lengths, tellsTotal) => {
        const all = rowsOf(count);
        let asked = 0;
        const fetch = async ({ offset }: { readonly offset: number }): Promise<ListingRows<Row>> => {
          const length = lengths[asked++ % lengths.length] ?? 1;
          return { rows: all.slice(offset, offset + length), ...(tellsTotal && { total: count }) };
        };
        expect(await listWhole(fetch, listing)).toEqual(all);
      },
    ),
  );
});

test('pages by token give the same rows', async () => {
  const all = rowsOf(35);
  const seen: Row[] = [];
  let token: string | undefined;
  do {
    const position = positionOf(token);
    const { items, next } = listingPage(
      position,
      { rows: all.slice(position.offset, position.offset + 10), total: 35 },
      listing,
    );
    seen.push(...items);
    token = next;
  } while (token !== undefined);
  expect(seen).toEqual(all);
});

test.each<[string, (offset: number) => ListingRows<Row>]>([
  ['stops early', (offset) => ({ rows: rowsOf(20).slice(offset, offset + 10), total: 30 })],
  ['repeats a page', () => ({ rows: rowsOf(10), total: 30 })],
  [
    'repeats a page in another order',
    (offset) => ({ rows: offset === 0 ? rowsOf(7) : [...rowsOf(7)].reverse(), total: 30 }),
  ],
  ['never ends', (offset) => ({ rows: [{ id: `x${offset}` }] })],
  ['repeats a full page without a total', () => ({ rows: rowsOf(10) })],
  [
    'hides a row behind shifted ones',
    (offset) => ({ rows: rowsOf(19).slice(Math.max(0, offset - 1), offset + 9), total: 20 }),
  ],
])('a listing that %s is an error, never a short list', async (_what, pageAt) => {
  const work = listWhole(async ({ offset }) => pageAt(offset), { ...listing, pageCap: 20 });
  await expect(work).rejects.toEqual(invalid);
});

test('a vendor that ignores paging sends everything at once', async () => {
  let asked = 0;
  const fetch = async (): Promise<ListingRows<Row>> => ({ rows: rowsOf(40 + 0 * asked++) });
  expect(await listWhole(fetch, listing)).toHaveLength(40);
  expect(asked).toBe(1);
});

test.each<[string, number | undefined]>([
  ['a total', 150],
  ['no total', undefined],
])('a row that is repeated within its page hides no other, with %s', async (_what, total) => {
  const all = rowsOf(150);
  const size = { ...listing, pageSize: 100 };
  const pageAt = (offset: number): ListingRows<Row> => {
    const page = all.slice(offset, offset + 100);
    return { rows: [...page, ...page.slice(0, 1)], ...(total !== undefined && { total }) };
  };
  expect(await listWhole(async ({ offset }) => pageAt(offset), size)).toEqual(all);

  const seen: Row[] = [];
  let token: string | undefined;
  do {
    const position = positionOf(token);
    const page = listingPage(position, pageAt(position.offset), size);
    seen.push(...page.items);
    token = page.next;
  } while (token !== undefined);
  expect(seen).toEqual(all);
});

test('rows that shift between pages are asked for behind those that are known', async () => {
  const all = rowsOf(20);
  const asked: number[] = [];
  // While the listing is read a row before it goes: what came ninth comes tenth on the second page.
  const fetch = async ({ offset }: { readonly offset: number }): Promise<ListingRows<Row>> => {
    asked.push(offset);
    return { rows: all.slice(offset === 10 ? 9 : offset, (offset === 10 ? 9 : offset) + 10), total: 20 };
  };
  expect(await listWhole(fetch, listing)).toEqual(all);
  expect(asked).toEqual([0, 10, 19]);
});

test('a vendor that ignores the offset and tells no total sends everything again: that is the end', async () => {
  let asked = 0;
  const fetch = async (): Promise<ListingRows<Row>> => ({ rows: asked++ === 0 ? rowsOf(3) : [...rowsOf(3)].reverse() });
  expect(await listWhole(fetch, listing)).toEqual(rowsOf(3));
  expect(asked).toBe(2);

  const { next } = listingPage(positionOf(undefined), { rows: rowsOf(3) }, listing);
  expect(listingPage(positionOf(next), { rows: rowsOf(3) }, listing)).toEqual({ items: [] });
});

test('a repeated page of a usual length may be the first of many: not taken for everything', async () => {
  const work = listWhole(async () => ({ rows: rowsOf(25) }), { ...listing, pageSize: 100 });
  await expect(work).rejects.toEqual(invalid);
});

test('a token of an earlier version is still understood', () => {
  expect(positionOf('[10,"r0"]')).toEqual({ offset: 10, previousFirst: 'r0' });
});
