import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desiredState } from '../../../../core/desired/desired-state.ts';
import { patternNames } from '../../../../core/redaction/pattern.ts';
import {
  defaultLogSettings,
  logSettingsOf,
  multilineKinds,
} from '../../../../core/telemetry/lines/log-settings.ts';
import { exampleFleet, repositoryOf, shown } from '../../fleet/example-fleet.ts';

const app = String(exampleFleet['apps/web/releases/1.0.0/app.yaml'] ?? 'apiVersion: towline/v1\n');

async function web(logs: string) {
  const { reader, commit } = repositoryOf({
    ...exampleFleet,
    'apps/web/releases/1.0.0/app.yaml': `${app}${logs}`,
  });
  const { state, problems, warnings } = await desiredState({ reader, commit, device: 'pump-1' });
  return { project: state?.projects.find(project => project.app === 'web'), problems, warnings };
}

test('how logs are read is known on the device, service by service, and makes no container anew', async () => {
  const plain = await web('');
  assert.equal(plain.project?.logs, undefined);
  assert.deepEqual(logSettingsOf(plain.project?.logs, 'web'), defaultLogSettings);
  const { project } = await web(
    [
      'logs:',
      '  default: { format: json, redact: { patterns: [email] }, maxLineSize: 1KiB }',
      '  services:',
      '    web: { multiline: go, redact: { patterns: [jwt], literals: [Project Y] }, maxBytesPerDay: 1MiB }',
      '',
    ].join('\n'),
  );
  const others = {
    ...defaultLogSettings,
    format: 'json',
    redact: { patterns: ['email'], literals: [] },
    maxLineBytes: 1024,
  };
  assert.deepEqual(logSettingsOf(project?.logs, 'db'), others);
  assert.deepEqual(logSettingsOf(project?.logs, 'web'), {
    ...others,
    multiline: 'go',
    redact: { patterns: ['email', 'jwt'], literals: ['Project Y'] },
    maxBytesPerDay: 1024 * 1024,
  });
  assert.equal(project?.digest, plain.project?.digest);
});

test('a service that is not there is warned of, a word that nobody knows is refused, each where it stands', async () => {
  const line = app.split('\n').length;
  const { warnings, project } = await web('logs: { services: { wbe: { collect: false } } }\n');
  assert.deepEqual(shown(warnings), [
    `apps/web/releases/1.0.0/app.yaml:${line}:21 TELEMETRY_SERVICE_UNKNOWN the Compose files have no service "wbe" on this device; did you mean "web"?`,
  ]);
  assert.notEqual(project, undefined);
  const { problems } = await web(
    'logs: { default: { multiline: perl, maxLineSize: 65KiB, redact: { patterns: [emial] } } }\n',
  );
  assert.deepEqual(
    shown(problems).map(text => text.split(' ').slice(0, 2).join(' ')),
    [
      `apps/web/releases/1.0.0/app.yaml:${line}:31 FLEET_SCHEMA`,
      `apps/web/releases/1.0.0/app.yaml:${line}:50 FLEET_SCHEMA`,
      `apps/web/releases/1.0.0/app.yaml:${line}:78 FLEET_SCHEMA`,
    ],
  );
});

test('what the schema names is what there is', async () => {
  const named = (patterns: readonly string[], kind: string) =>
    web(`logs: { default: { multiline: ${kind}, redact: { patterns: [${patterns.join(', ')}] } } }\n`);
  for (const kind of multilineKinds) assert.deepEqual((await named(patternNames, kind)).problems, []);
});
