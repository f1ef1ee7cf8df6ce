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
  ['never ends', (offset) => ({ rows: [{ id: `x${offset}` }] })],
  [
    'hides rows behind shifted ones',
    (offset) => ({ rows: rowsOf(20).slice(Math.min(offset, 9), offset + 10 - Math.min(offset, 1)), total: 20 }),
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
