/** Whatever a gateway says, and whatever stands in a device's file. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseTunnelWord } from '../../../cli/tunnel/word/tunnel-word.ts';
import { withTunnel } from '../../../core/change/tunnel/tunnel-text.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { fieldsOf } from '../../../core/json.ts';
import { plainValue, readPlainYaml } from '../../../core/trust/git/yaml-node.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutatedText } from '../../fuzz/mutation.ts';

const words = [
  '{"device":"pump-17","state":"open","reach":"allowed","until":"2026-11-29T06:00:00Z","connected":"2026-11-29T05:00:00Z"}',
  '{"device":"pump-17","state":"closed","offers":["ssh:22",1],"people":[{"operator":"a","to":"b","since":"c"},null]}',
];

test('what a gateway says is a word of known form, or none', async () => {
  await fuzzed(
    'words of gateways',
    fc.property(mutatedText(...words), line => {
      const word = parseTunnelWord(line.toString());
      if (word === undefined) return;
      assert.ok(['open', 'closed', 'unknown'].includes(word.state));
      assert.ok([...word.offers, ...word.people.map(({ to }) => to)].every(text => typeof text === 'string'));
    }),
  );
});

const files = [
  'apiVersion: towline/v1 # one\ntunnel:\n  state: closed # two\n  # three\n  allow: [bob]\nlabels: { a: "1" }\n',
  '---\n"tunnel": {state: open, until: 2026-01-01T00:00:00Z} # c\napiVersion: towline/v1\n...\n',
  '{"apiVersion": "towline/v1", "tunnel": "closed"}\n',
  'tunnel:\n  reason: |\n    one\n    two\n  state: open\n  targets:\n    - { name: ssh, port: 22 }\n',
];

test('a file is changed at its tunnel alone, or not at all', async () => {
  const without = ({ tunnel: _, ...rest }: Record<string, unknown>) => rest;
  const read = (text: string) => fieldsOf(plainValue(readPlainYaml(Buffer.from(text, 'utf8'))));
  await fuzzed(
    'files of devices',
    fc.property(
      mutatedText(...files),
      fc.string({ maxLength: 40 }).map(text => text.replace(/\p{Cc}/gu, '')),
      (bytes, reason) => {
        const text = bytes.toString();
        const tunnel = { state: 'open' as const, until: '2026-11-29T06:00:00Z', reason };
        let after: string;
        try {
          after = withTunnel('devices/a.yaml', text, tunnel);
        } catch (error) {
          assert.ok(isTowlineError(error, 'TUNNEL_FILE'), String(error));
          return;
        }
        assert.deepEqual(read(after).tunnel, tunnel);
        assert.deepEqual(without(read(after)), without(read(text)));
      },
    ),
  );
});
