/** The databases that take longer: as Debian has them, under write load. */
import { databaseTests } from './database-tests.ts';

databaseTests('redis');
databaseTests('postgres');
