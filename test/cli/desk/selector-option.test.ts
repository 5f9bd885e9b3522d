import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { selectorOption } from '../../../cli/desk/selector-option.ts';
import { isSelected, readSelector } from '../../../core/change/chosen-devices.ts';
import { isTowlineError } from '../../../core/errors.ts';

const device = {
  id: 'pump-1',
  groups: ['canary', 'wet'],
  labels: new Map([
    ['site', 'berlin'],
    ['group', 'north'],
  ]),
};

const selected: Readonly<Record<string, boolean>> = {
  all: true,
  'site=berlin': true,
  'site=rome': false,
  'group=canary': true,
  'group=north': false,
  'label:group=north': true,
  'site=berlin,group=wet': true,
  'site=berlin,group=dry': false,
  'group=canary,group=dry': false,
};

for (const [text, is] of Object.entries(selected)) {
  test(`-l ${text} ${is ? 'selects' : 'leaves out'} a device of canary and wet in berlin`, () => {
    assert.equal(isSelected(readSelector(text), device), is);
  });
}

test('what is no selector is refused, and says how one is written', () => {
  for (const text of ['', 'site', '=berlin', 'all,site=berlin', 'group=', 'site=berlin,'])
    assert.throws(
      () => readSelector(text),
      error => isTowlineError(error, 'CLI_USAGE') && error.message.includes('group=NAME'),
      text,
    );
});

test('-l twice is both: the first one is not forgotten', () => {
  const parse = (...args: readonly string[]) =>
    new Command().addOption(selectorOption()).parse(args, { from: 'user' }).opts();
  assert.equal(parse('-l', 'site=berlin', '-l', 'group=canary').selector, 'site=berlin,group=canary');
  assert.equal(parse('--selector', 'all').selector, 'all');
});
