import assert from 'node:assert/strict';
import { test } from 'node:test';
import { upstreamSettings } from '../../../gateway/upstream/upstream-settings.ts';

const ssh = { sshKeyFile: '/etc/towline/forge', knownHostsFile: '/etc/towline/known_hosts' };

test('the urls of forges are taken', () => {
  assert.equal(upstreamSettings({ url: 'https://github.com/acme/fleet.git' }).transport, 'https');
  assert.equal(upstreamSettings({ url: 'https://bot@git.acme.example/fleet.git' }).user, 'bot');
  for (const url of ['git@github.com:acme/fleet.git', 'ssh://git@gitlab.com:22/acme/fleet.git']) {
    assert.equal(upstreamSettings({ url, ...ssh }).transport, 'ssh');
  }
  assert.equal(upstreamSettings({ url: '/srv/git/fleet.git' }).transport, 'file');
});

test('urls that run commands, carry options or a password are refused', () => {
  for (const url of [
    'ext::sh -c touch% /tmp/x',
    'ext::sh',
    'fd::3',
    '-oProxyCommand=x',
    '--upload-pack=touch',
    'ssh://-oProxyCommand=touch/x',
    'ssh://git@-oProxyCommand=touch/x',
    '-git@host:x',
    'host:-x',
    'https://user:password@host/x',
    'https://host/x y',
    'https://host/x\ny',
    'relative/path',
    'ftp://host/x',
    '',
  ]) {
    assert.throws(() => upstreamSettings({ url, ...ssh }), { code: 'GATEWAY_CONFIG_INVALID' }, url);
  }
});

test('ssh needs a key and known hosts; what would break out of the command is refused', () => {
  const url = 'git@host.example:fleet.git';
  for (const file of [
    {},
    { sshKeyFile: '/k' },
    { knownHostsFile: '/k' },
    { ...ssh, sshKeyFile: 'relative' },
    { ...ssh, sshKeyFile: '/k;touch' },
    { ...ssh, knownHostsFile: '/k h' },
    { ...ssh, knownHostsFile: '/$(id)' },
  ]) {
    assert.throws(() => upstreamSettings({ url, ...file }), { code: 'GATEWAY_CONFIG_INVALID' });
  }
});

test('a token goes over https only, and branches have names', () => {
  assert.throws(() => upstreamSettings({ url: 'http://host/x', tokenFile: '/t' }), /tokenFile/);
  for (const branch of ['-x', '../x', 'a..b', 'x.lock', 'x y', 'x:y', '+x', 'x/', '']) {
    assert.throws(() => upstreamSettings({ url: '/x', branch }), /branch/, branch);
  }
  assert.throws(() => upstreamSettings({ url: '/x', interval: '1s' }), /interval/);
});
