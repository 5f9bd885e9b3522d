/** The program that `GitRunner` starts. */
import { runSpawnHelper } from './git/spawn-helper.ts';

const [, , path] = process.argv;
if (path === undefined) process.exit(2);
runSpawnHelper(path);
