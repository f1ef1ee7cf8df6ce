import { sqlite } from './suite/dialect';
import { suites } from './suite/all';

describe('the store on SQLite', () => {
  for (const suite of suites) suite(sqlite);
});
