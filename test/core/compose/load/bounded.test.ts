/** A short file must not become a large project: a device that reads it has a few hundred megabytes, and no way back when it dies of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkForDevice } from '../../../../core/compose/device/device-check.ts';
import { formatProblem } from '../../../../core/errors.ts';
import { type Files, load, modelOf, refusals } from '../project.ts';

const times = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

const variables = (count: number): string => times(count, index => `      V${index}: x`);

function tooLarge(files: Files | string, environment: Record<string, string> = {}): void {
  const lines = refusals(files, { environment });
  assert.match(lines.join('\n'), /COMPOSE_TOO_LARGE/);
}

test('ranges of ports that many services publish are refused before they are spread out', () => {
  tooLarge(
    `services:\n${times(40, index => `  a${index}:\n    image: x\n    ports: ["1-65535:1-65535"]`)}\n`,
  );
});

test('a range of ten thousand ports is taken', () => {
  const { services } = modelOf('services: {a: {image: x, ports: ["10000-20000:10000-20000/udp"]}}');
  const ports = services.a?.ports;
  assert.equal(Array.isArray(ports) ? ports.length : 0, 10_001);
});

test('a large service that many extend is refused before it is copied', () => {
  const base = `  base:\n    image: x\n    environment:\n${variables(2000)}\n`;
  tooLarge(`services:\n${base}${times(900, index => `  a${index}: {extends: base}`)}\n`);
});

test('a large env file that many services read is refused', () => {
  const services = times(900, index => `  a${index}: {image: x, env_file: e}`);
  tooLarge({ 'compose.yaml': `services:\n${services}\n`, e: times(2000, index => `V${index}=x`) });
});

test('included files count together', () => {
  const part = (index: number) =>
    `services:\n  a${index}:\n    image: x\n    environment:\n${variables(4000)}\n`;
  const parts = Array.from({ length: 20 }, (_, index) => [`f${index}.yaml`, part(index)]);
  const list = parts.map(([name]) => name).join();
  tooLarge({ 'compose.yaml': `include: [${list}]\n`, ...Object.fromEntries(parts) });
});

test('variables of an env file that double each other are refused', () => {
  const e = `A0=${'x'.repeat(50)}\n${times(40, index => `A${index + 1}=\${A${index}}\${A${index}}`)}`;
  tooLarge({ 'compose.yaml': 'services: {a: {image: x, env_file: e}}', e });
});

test('a long variable that stands in a text again and again is refused', () => {
  const command = '$' + '{B}';
  const file = `services: {a: {image: x, command: "${command.repeat(10_000)}"}}`;
  tooLarge(file, { B: 'y'.repeat(100_000) });
});

test('a long text that many aliases repeat is refused', () => {
  const commands = times(500, index => `  a${index}: {image: x, hostname: *long}`);
  tooLarge(`x-long: &long ${'y'.repeat(200_000)}\nservices:\n${commands}\n`);
});

test('a service of more containers than a device can have is refused', () => {
  for (const count of ['scale: 1000000000', 'deploy: {replicas: 1000000000}']) {
    const { model, positionOf } = load(`services: {a: {image: x, ${count}}}`);
    assert.ok(model);
    assert.match(
      checkForDevice(model, {}, positionOf).map(formatProblem).join(),
      /more than 1000 containers/,
    );
  }
});
