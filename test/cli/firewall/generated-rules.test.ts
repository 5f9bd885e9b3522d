/** Whatever a fleet holds, nft takes the rules that are printed of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { generatedRules } from './generated-rules.ts';
import { Namespaces } from './namespaces.ts';

test('nft takes the rules of every fleet, and loads them over others of ours', async () => {
  using spaces = new Namespaces();
  spaces.add('any');
  const property = fc.property(generatedRules, rules => {
    spaces.in('any', ['nft', '-c', '-f', '-'], rules);
    spaces.load('any', rules);
    assert.equal(spaces.in('any', ['nft', 'list', 'tables']).trim(), 'table inet towline');
  });
  await fuzzed('rules that nft takes', property, { runs: 30 });
});
