import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { authorizationCodeGrant, buildAuthorizationUrl, calculatePKCECodeChallenge } from 'openid-client';
import { deviceFlow } from '../../../cli/login/device-flow.ts';
import { provider } from '../../../cli/login/provider.ts';
import { loginNonce } from '../../../core/access/certificate/login-nonce.ts';
import { type ErrorCode, isTowlineError } from '../../../core/errors.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { IdTokens } from '../../../gateway/certificates/id-token.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { finish } from '../../../lab/rig/finished.ts';
import { makeFleetRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { PutClock } from '../../../lab/rig/put-clock.ts';
import type { AccessFleet } from '../access/access-view.ts';
import { LoginRig, sub } from './login-rig.ts';
import { Browser, clientId, RealProvider } from './provider.ts';

const soon = () => AbortSignal.timeout(30_000);
const withCode = (code: ErrorCode, words: RegExp) => (error: unknown) =>
  isTowlineError(error, code) && words.test(error.message);

describe('a person who logs in at an OpenID provider', () => {
  const clock = new PutClock();
  let made: LoginRig;
  before(async () => {
    made = await LoginRig.start({}, { clock });
  });
  after(() => made[Symbol.asyncDispose]());
  const ssh = async (key: string, ...args: string[]) =>
    made.rig.run('ssh', ['-F', await made.rig.clientConfig({}, key), '-T', ...args, 'gw']);

  for (const type of ['ed25519', 'ecdsa', 'rsa']) {
    test(`has a certificate for hours, with which stock ssh comes in by a key of type ${type}`, async () => {
      const key = await made.key(`own-${type}`, type);
      const before = await ssh(`own-${type}`);
      assert.match(before.stderr, /Permission denied/);
      assert.equal(await made.logIn(key), 'alice');
      const { code, stdout } = await ssh(`own-${type}`);
      assert.match(stdout.toString(), /^Hello alice/);
      assert.equal(code, 0);
      const { details, outcome } = made.rig.audits.findLast(({ action }) => action === 'login') ?? {};
      assert.equal(outcome, 'allowed');
      assert.equal(details?.by, 'certificate');
      const signed = made.rig.audits.findLast(({ action }) => action === 'certificate');
      assert.deepEqual([signed?.outcome, signed?.who], ['allowed', 'alice']);
      assert.equal(signed?.details?.serial, details?.serial);
    });
  }

  test('is let in by the certificate alone, not by its key, and not by another’s proof', async () => {
    const key = await made.key('bound');
    await made.logIn(key);
    const { stderr } = await ssh(
      'bound',
      '-o',
      'CertificateFile=none',
      '-o',
      `IdentityFile=${key.file}.missing`,
    );
    assert.match(stderr, /Permission denied|no such identity/i);
  });

  test('is out, on a live connection too, as soon as the commit is there that takes their identity away', async () => {
    for (const [change, known] of [
      [{ operators: [] }, sub],
      [{}, 'somebody-else'],
      [{ gateway: { certificateKeys: [] } }, sub],
    ] satisfies [AccessFleet, string][]) {
      await made.publish();
      const key = await made.key(`live-${randomBytes(4).toString('hex')}`);
      await made.logIn(key);
      const config = await made.rig.clientConfig({}, key.file.split('/').at(-1));
      const child = made.rig.spawn('ssh', ['-F', config, '-N', 'gw']);
      await eventually(() => made.rig.people.connections > 0 && made.rig.audits.at(-1)?.action === 'login');
      const ended = once(child, 'exit');
      await made.publish(change, known);
      await ended;
      assert.match((await made.rig.run('ssh', ['-F', config, '-T', 'gw'])).stderr, /Permission denied/);
    }
    await made.publish();
  });

  test('is out when the certificate is over, also where the clock is put forward or back meanwhile', async () => {
    for (const [aheadMs, passedMs] of [
      [3_600_000, 0],
      [-3_600_000, 3_600_000],
    ] as const) {
      Object.assign(clock, { aheadMs: 0, passedMs: 0 });
      const key = await made.key(`over-${randomBytes(4).toString('hex')}`);
      await made.logIn(key);
      const config = await made.rig.clientConfig({}, key.file.split('/').at(-1));
      const ended = once(made.rig.spawn('ssh', ['-F', config, '-N', 'gw']), 'exit');
      await eventually(() => made.rig.audits.at(-1)?.action === 'login');
      Object.assign(clock, { aheadMs, passedMs });
      await ended;
    }
    Object.assign(clock, { aheadMs: 0, passedMs: 0 });
  });

  test('gets none with a token that was made for another program', async () => {
    const key = await made.key('aud');
    const asked = { ...(await made.token(key, { client: 'another-program' })), key: key.line };
    await assert.rejects(made.desk.certificate(asked, soon()), withCode('LOGIN_TOKEN_REFUSED', /"aud"/));
  });

  test('gets none with a token of another provider', async () => {
    await using other = await RealProvider.start();
    const key = await made.key('iss');
    const asked = { ...(await made.token(key, { from: other })), key: key.line };
    await assert.rejects(made.desk.certificate(asked, soon()), withCode('LOGIN_TOKEN_REFUSED', /key|iss/));
  });

  test('gets none by a mail address that stands where `sub` should, nor as somebody nobody knows', async () => {
    await made.publish({}, 'alice@acme.example');
    const key = await made.key('mail');
    const asked = { ...(await made.token(key)), key: key.line };
    await assert.rejects(made.desk.certificate(asked, soon()), withCode('LOGIN_UNKNOWN', /sub 248289761001/));
    await made.publish();
    const stranger = { ...(await made.token(key, { sub: 'x' })), key: key.line };
    await assert.rejects(made.desk.certificate(stranger, soon()), withCode('LOGIN_UNKNOWN', /sub x/));
  });

  test('gets none for another key than the token was asked for with, and one for each token', async () => {
    const [key, other] = [await made.key('mine'), await made.key('theirs')];
    const asked = await made.token(key);
    const stolen = { ...asked, key: other.line };
    await assert.rejects(
      made.desk.certificate(stolen, soon()),
      withCode('LOGIN_TOKEN_REFUSED', /not asked for with this key/),
    );
    const whole = { ...asked, key: key.line };
    await made.desk.certificate(whole, soon());
    await assert.rejects(made.desk.certificate(whole, soon()), withCode('LOGIN_TOKEN_REFUSED', /already/));
  });

  test('gets none with a token that is over, or older than a login takes', async () => {
    const key = await made.key('late');
    const { token, salt } = await made.token(key);
    const nonce = loginNonce(
      Buffer.from(key.line.split(' ')[1] ?? '', 'base64'),
      Buffer.from(salt, 'base64url'),
    );
    const { issuer } = made.provider;
    const clock = createSystemClock();
    const at = (laterMs: number) =>
      new IdTokens({ issuer, clientId, clock: { ...clock, now: () => clock.now() + laterMs } }).check(
        token,
        nonce,
      );
    assert.equal((await at(0)).sub, sub);
    await assert.rejects(at(12 * 60_000), withCode('LOGIN_TOKEN_REFUSED', /too far in the past/));
    await assert.rejects(at(3 * 3_600_000), withCode('LOGIN_TOKEN_REFUSED', /exp|past/));
  });

  test('gets no second token for one code, and none without the verifier that only their own login has', async () => {
    const { issuer } = made.provider;
    const config = await provider({ issuer, clientId, deviceFlow: false }, new Set([issuer]));
    const verifier = 'v'.repeat(43);
    const address = async () =>
      buildAuthorizationUrl(config, {
        ...{ redirect_uri: 'http://127.0.0.1:1/callback', scope: 'openid', state: 's', nonce: 'n' },
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }).href;
    const checks = { pkceCodeVerifier: verifier, expectedState: 's', expectedNonce: 'n' };
    const { url } = await new Browser(sub).visit(await address());
    await assert.rejects(
      authorizationCodeGrant(config, url, { ...checks, pkceCodeVerifier: 'w'.repeat(43) }),
    );
    const { url: again } = await new Browser(sub).visit(await address());
    await authorizationCodeGrant(config, again, checks);
    await assert.rejects(authorizationCodeGrant(config, again, checks), /./);
  });

  test('is sent to no provider that stands in no operator file, whatever the gateway says', async () => {
    const offer = await made.desk.offer(soon());
    assert.deepEqual(offer, { issuer: made.provider.issuer, clientId, deviceFlow: true });
    await assert.rejects(
      provider(offer, new Set(['https://id.acme.example'])),
      withCode('LOGIN_PROVIDER', /no operator/),
    );
  });

  test('may do it by a code where the gateway offers it, and the token counts for that way alone', async () => {
    const key = await made.key('coded');
    const salt = randomBytes(16);
    const nonce = loginNonce(Buffer.from(key.line.split(' ')[1] ?? '', 'base64'), salt);
    const { issuer } = made.provider;
    const config = await provider({ issuer, clientId, deviceFlow: true }, new Set([issuer]));
    let walked: Promise<unknown> = Promise.resolve();
    const token = await deviceFlow(
      { config, nonce },
      ({ address, code }) => {
        walked = new Browser(sub).visit(address, { user_code: code });
      },
      soon(),
    );
    await walked;
    const asked = { token, salt: salt.toString('base64url'), key: key.line } as const;
    await assert.rejects(
      made.desk.certificate({ ...asked, flow: 'browser' }, soon()),
      withCode('LOGIN_TOKEN_REFUSED', /not asked for with this key/),
    );
    assert.equal((await made.desk.certificate({ ...asked, flow: 'device' }, soon())).operator, 'alice');
  });

  test('types towline login --device, the code at a browser elsewhere, and comes in by stock ssh', async () => {
    const { rig, gateway, provider: real } = made;
    const signer = await makeSshKey();
    const person = `apiVersion: towline/v1\nsshKeys: ["${signer.publicKey}"]\noidc: [{ iss: "${real.issuer}", sub: "${sub}" }]\n`;
    const { repository, anchor } = await makeFleetRepository({
      signer,
      files: {
        'fleet.yaml': `apiVersion: towline/v1\nname: acme\ngateways: ${JSON.stringify([gateway])}\n`,
        'operators/alice.yaml': person,
      },
    });
    const clone = join(rig.folder, 'clone');
    await rig.run('git', ['clone', '-q', repository.path, clone]);
    await rig.run('git', ['-C', clone, 'config', 'towline.anchor', anchor]);
    const towline = join(commandFolder, 'towline');
    const asked = rig.spawn(towline, ['login', '--device', '--repo', clone, '--out', rig.folder], {
      HOME: rig.folder,
    });
    const ended = finish(asked);
    let said = '';
    const code = await new Promise<RegExpExecArray>((resolve, reject) => {
      asked.once('close', () => reject(new Error(said)));
      asked.stderr?.on('data', bytes => {
        said += bytes;
        const words = /^Open (http\S+) in a browser, and type (\S+)$/m.exec(said);
        if (words !== null) resolve(words);
      });
    });
    await new Browser(sub).visit(code[1] ?? '', { user_code: code[2] ?? '' });
    const { code: exit, stdout, stderr } = await ended;
    assert.equal(exit, 0, stderr);
    assert.match(stdout.toString(), /^logged in as alice until \S+Z$/m);
    assert.match((await ssh('acme.login')).stdout.toString(), /^Hello alice/);
    await repository.remove();
    await signer.remove();
  });
});

test('who asks for certificates too often waits; a login by a code is not offered unless the gateway says so', async () => {
  await using made = await LoginRig.start({ loginsPerMinute: 2, deviceFlow: false });
  const { line } = await made.key('any');
  const coded = { token: 'x', key: line, salt: 'x'.repeat(32), flow: 'device' } as const;
  await assert.rejects(made.desk.certificate(coded, soon()), withCode('LOGIN_NOT_OFFERED', /by a code/));
  const asked = { token: 'x', key: 'x', salt: 'x', flow: 'browser' } as const;
  await assert.rejects(made.desk.certificate(asked, soon()), withCode('LOGIN_MALFORMED', /key/));
  await assert.rejects(made.desk.certificate(asked, soon()), withCode('GATEWAY_RATE_LIMITED', /too many/));
});
