import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { exampleFleet, repositoryOf, shown, type Texts } from '../fleet/example-fleet.ts';

const compute = (changes: Texts, device = 'pump-1') => {
  const { reader, commit } = repositoryOf({ ...exampleFleet, ...changes });
  return desiredState({ reader, commit, device });
};

const misspelt: Texts = {
  'apps/web/releases/1.0.0/compose.yaml': String(
    exampleFleet['apps/web/releases/1.0.0/compose.yaml'],
  ).replace('{COLOUR}', '{COLUOR}'),
};
const fleet = String(exampleFleet['fleet.yaml']);
const told =
  'apps/web/releases/1.0.0/compose.yaml:5:7 COMPOSE_VARIABLE_BLANK variable COLUOR has no value and becomes blank; did you mean "COLOUR"?';

describe('a variable that has no value on a device', () => {
  test('is a warning with its place: what was taken is taken, and is the same', async () => {
    const { state, problems, warnings } = await compute(misspelt);
    assert.deepEqual(shown(problems), []);
    assert.deepEqual(shown(warnings), [told]);
    assert.equal(state?.projects[0]?.model.services.web?.environment?.COLOUR, '');
    assert.deepEqual((await compute({})).warnings, []);
  });

  test('is refused with its place under `compose: {variables: strict}`', async () => {
    const strict = { ...misspelt, 'fleet.yaml': `${fleet}compose: { variables: strict }\n` };
    const { state, problems, warnings } = await compute(strict);
    assert.equal(state, undefined);
    assert.deepEqual(shown(problems), [told]);
    assert.deepEqual(warnings, []);
    const blank = { ...misspelt, 'fleet.yaml': `${fleet}compose: { variables: blank }\n` };
    assert.deepEqual(shown((await compute(blank)).warnings), [told]);
  });

  test('under strict, defaults and blanks on purpose are taken', async () => {
    const compose = String(exampleFleet['apps/web/releases/1.0.0/compose.yaml']);
    for (const reference of ['{COLUOR-}', '{COLUOR:-red}', '{COLOUR}'])
      assert.deepEqual(
        shown(
          (
            await compute({
              'apps/web/releases/1.0.0/compose.yaml': compose.replace('{COLOUR}', reference),
              'fleet.yaml': `${fleet}compose: { variables: strict }\n`,
            })
          ).problems,
        ),
        [],
      );
  });

  test('has the place in a .env too', async () => {
    const { warnings } = await compute({ 'apps/web/releases/1.0.0/.env': 'A=1\nB=$A$NOWHERE\n' });
    assert.deepEqual(shown(warnings), [
      'apps/web/releases/1.0.0/.env:2 COMPOSE_VARIABLE_BLANK variable NOWHERE has no value and becomes blank',
    ]);
  });

  test('is for the device that lacks it', async () => {
    const large = {
      'apps/web/releases/1.0.0/compose.yaml': String(
        exampleFleet['apps/web/releases/1.0.0/compose.yaml'],
      ).replace('COLOUR}', 'ONLY_TWO}'),
    };
    const paris = {
      'devices/paris/pump-2.yaml':
        'apiVersion: towline/v1\ngroups: [canary, eu]\nvariables: { ONLY_TWO: x }\n',
    };
    assert.equal((await compute({ ...large, ...paris }, 'pump-1')).warnings.length, 1);
    assert.equal((await compute({ ...large, ...paris }, 'pump-2')).warnings.length, 0);
  });
});
