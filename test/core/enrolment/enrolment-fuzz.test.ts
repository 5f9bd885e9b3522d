import { test } from 'node:test';
import fc from 'fast-check';
import { parseSshEd25519Line } from '../../../core/enrolment/ssh-key-line.ts';
import { parseSignedStatement } from '../../../core/enrolment/statement.ts';
import { parseToken } from '../../../core/enrolment/token.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { onlyOurErrors } from '../../fuzz/mutation.ts';

test('any text is no token, no statement and no key, and is refused with a code', async () => {
  await fuzzed(
    'any text',
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), text => {
      onlyOurErrors(() => parseToken(text));
      onlyOurErrors(() => parseToken(`towline1_${text}`));
      onlyOurErrors(() => parseSignedStatement(text));
      parseSshEd25519Line(`ssh-ed25519 ${text}`);
    }),
  );
});

test('any JSON is no statement, and is refused with a code', async () => {
  const field = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constant('ssh-ed25519 AAAA'));
  const keys = fc.record({ tls: field, ssh: field, openpgp: field }, { requiredKeys: [] });
  const statement = fc.record(
    { fleet: field, device: field, oneTimeKey: field, keys: fc.oneof(keys, field) },
    { requiredKeys: [] },
  );
  const signed = fc.record({ statement: fc.oneof(statement, field), signature: field }, { requiredKeys: [] });
  await fuzzed(
    'any JSON',
    fc.property(fc.oneof(signed, fc.jsonValue()), value => {
      onlyOurErrors(() => parseSignedStatement(JSON.stringify(value)));
    }),
  );
});
