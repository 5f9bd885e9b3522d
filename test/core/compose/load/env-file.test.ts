import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseEnvFile, parseRawEnvFile } from '../../../../core/compose/load/env-file.ts';
import { refusals, serviceOf } from '../project.ts';

const parse = (text: string, outside: Record<string, string> = {}) => ({
  ...parseEnvFile(text, name => outside[name], '.env'),
});

describe('an env file', () => {
  test('has quotes, comments, export and colons', () => {
    const text = [
      '# comment',
      '',
      'A=1',
      'export B = two words # comment',
      "C='single $A # kept'",
      'D="double $A\\n\\"q\\""',
      'E: yaml',
      'F=',
      'G="over',
      'lines"',
      'H=a#b',
      '',
    ].join('\n');
    assert.deepEqual(parse(text), {
      A: '1',
      B: 'two words',
      C: 'single $A # kept',
      D: 'double 1\n"q"',
      E: 'yaml',
      F: '',
      G: 'over\nlines',
      H: 'a#b',
    });
  });

  test('takes a name alone from outside, and outside wins in interpolation', () => {
    assert.deepEqual(parse('A=in\nB=$A\nC\nD\n', { A: 'out', C: 'c' }), { A: 'in', B: 'out', C: 'c' });
  });

  test('that ends in a name without newline has a variable without name, as docker compose 2.40.3 reads it', () => {
    assert.deepEqual(parse('A=1\nexport HOME', { HOME: '/root' }), { A: '1', '': 'HOME' });
    assert.deepEqual(parse('A="x"y'), { A: 'x', '': 'y' });
  });

  test('with a broken line is refused with file and line', () => {
    assert.throws(() => parse('A=1\nB="never ends\n'), { position: { file: '.env', line: 2 } });
    assert.throws(() => parse('A=1\nB%=2\n'), { position: { file: '.env', line: 2 } });
  });

  test('of format raw is taken as it stands', () => {
    const text = '# comment\nA="quoted" # kept\nB=$A\nC\n';
    assert.deepEqual(
      { ...parseRawEnvFile(text, name => (name === 'C' ? 'c' : undefined), '.env') },
      {
        A: '"quoted" # kept',
        B: '$A',
        C: 'c',
      },
    );
  });

  test('lies below what the service says itself, a later file above an earlier one', () => {
    const files = {
      'compose.yaml':
        'services: {web: {image: i, env_file: [a.env, {path: b.env, format: raw}, {path: no.env, required: false}], environment: {B: own, D: }}}',
      'a.env': 'A=a\nB=a\nC=a\n',
      'b.env': 'C=$x\n',
    };
    assert.deepEqual(serviceOf(files, 'web', { environment: { D: 'outside' } }).environment, {
      A: 'a',
      B: 'own',
      C: '$x',
      D: 'outside',
    });
  });

  test('that is required and missing is refused at its entry', () => {
    const [line] = refusals('services:\n  web:\n    image: i\n    env_file:\n      - no.env\n');
    assert.match(line ?? '', /^compose\.yaml:5:9 COMPOSE_FILE_MISSING/);
  });
});
