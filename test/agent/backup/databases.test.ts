/** SQLite under write load: what a backup before an upgrade has of it. Redis and PostgreSQL: `databases.long.ts`; what is torn: `torn.long.ts`. */
import { test } from 'node:test';
import { goesBackWithItsRows, liveLosesRows } from './database-tests.ts';

test('SQLite: an update that breaks the schema goes back with the rows that were acknowledged before the stop, and none besides', () =>
  goesBackWithItsRows('sqlite'));

test('SQLite: a live backup has not what was acknowledged after it, and that is lost', () =>
  liveLosesRows('sqlite'));
