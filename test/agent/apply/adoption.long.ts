/** Twelve projects as people write them, each started by docker compose 2.40 and by 1.29: all are taken over, and nothing restarts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adopted, assertTakenOver, standing } from './adopted.ts';
import { projectNames } from './compose-project.ts';

/** docker compose 1.29 knows configs of swarms alone, and no `name:`. */
const onlyNew = new Set(['configs']);

for (const name of projectNames)
  for (const version of ['2.40', '1.29'] as const)
    if (version !== '1.29' || !onlyNew.has(name))
      test(`${name}, as docker compose ${version} has started it, is taken over and nothing restarts`, () =>
        assertTakenOver(name, version));

test('what is made anew has the names that docker compose gave it, and none of the one before; `up -d` leaves it as it is', async () => {
  // watchtower #1723 and dockhand #204: the name of the service is lost; watchtower #339 and #1989: it is made anew again.
  await using made = await adopted('networks');
  const { rig, project } = made;
  const aliases = async () => {
    const { Id, NetworkSettings: settings } = await rig.engine.call<{
      Id: string;
      NetworkSettings: { Networks: Record<string, { Aliases: string[] }> };
    }>({ method: 'GET', path: `/containers/${rig.project}-proxy-1/json` }, rig.signal);
    const names = Object.entries(settings.Networks).map(([network, { Aliases }]) => [
      network,
      Aliases.filter(alias => !Id.startsWith(alias)).sort(),
    ]);
    return { id: Id, names: names.sort() };
  };
  await rig.pass([project.app()]);
  const before = await aliases();
  project.change(yaml => yaml.replace('  proxy:\n', '  proxy:\n    environment: { LEVEL: debug }\n'));
  const { outcome } = await rig.pass([project.app()]);
  assert.equal(outcome.projects[0]?.state, 'healthy', JSON.stringify(outcome));
  const after = await aliases();
  assert.notEqual(after.id, before.id);
  assert.deepEqual(after.names, before.names);
  assert.match(JSON.stringify(after.names), /"proxy".*"shop\.example".*"www"/);
  const standingNow = await standing(rig);
  await project.compose('2.40', 'up', '-d');
  assert.deepEqual(await standing(rig), standingNow);
  assert.deepEqual((await rig.plan([project.app()])).steps, []);
});
