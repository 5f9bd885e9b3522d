/** Twelve projects as people write them, each started by docker compose 2.40 and by 1.29: all are taken over, and nothing restarts. */
import { test } from 'node:test';
import { assertTakenOver } from './adopted.ts';
import { projectNames } from './compose-project.ts';

/** docker compose 1.29 knows configs of swarms alone, and no `name:`. */
const onlyNew = new Set(['configs']);

for (const name of projectNames)
  for (const version of ['2.40', '1.29'] as const)
    if (version !== '1.29' || !onlyNew.has(name))
      test(`${name}, as docker compose ${version} has started it, is taken over and nothing restarts`, () =>
        assertTakenOver(name, version));
