/** Databases under write load: what a backup before an upgrade has of them. PostgreSQL: `databases.long.ts`. */
import { databaseTests } from './database-tests.ts';

databaseTests('sqlite');
