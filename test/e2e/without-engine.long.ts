/** A device whose engine is dead, or says nothing: its tunnel follows main all the same, and its status is true. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PoorEngine } from '../rig/poor-engine.ts';
import { PoorFleet } from '../rig/poor-fleet.ts';

/** A commit is followed by then, over what a device whose engine answers takes in the same minute: that is the machine's. */
const barMs = 15_000;
const withEngine = 'alive';

describe('a device without an engine', { timeout: 600_000 }, () => {
  const ways: Record<string, { before: PoorEngine; later?: (engine: PoorEngine) => void }> = {
    [withEngine]: { before: new PoorEngine() },
    absent: { before: new PoorEngine() },
    silent: { before: new PoorEngine(() => false) },
    'silent-but-its-version': { before: new PoorEngine(question => question === 'GET /version') },
    'silent-in-a-pull': { before: new PoorEngine(question => question !== 'POST /images/create') },
    'dies-with-the-tunnel-open': { before: new PoorEngine(), later: engine => engine.die() },
    'hangs-with-the-tunnel-open': {
      before: new PoorEngine(),
      later: engine => {
        engine.answering = () => false;
      },
    },
  };
  let poor: PoorFleet;

  before(async () => {
    const engines = Object.fromEntries(Object.entries(ways).map(([name, way]) => [name, way.before]));
    // No poll: it is the hint that tells, or nothing does.
    poor = await PoorFleet.start(engines, ['absent'], '0 0 29 2 *');
  });
  after(() => poor[Symbol.asyncDispose]());

  async function followed(tunnel: 'open' | 'closed'): Promise<void> {
    const tookMs = await poor.turn(tunnel, 90_000);
    const machineMs = tookMs.get(withEngine) ?? Number.NaN;
    for (const [name, ms] of tookMs) {
      assert.ok(ms <= barMs + machineMs, `${name}: ${ms} ms, ${withEngine}: ${machineMs} ms`);
    }
  }

  test('opens its tunnel within 15 s of the commit, and says so', async () => {
    // The passes of the start are under way, or wait for their engines; each device hears of main.
    await poor.until('absent', () => poor.hintStreams(), 120_000);
    await followed('open');
  });

  test('says that nobody knows how its apps are, while it does not answer', async () => {
    const isTrue = async (name: string): Promise<void> => {
      const engine = poor.devices.get(name)?.engine;
      const { later } = ways[name] ?? assert.fail();
      if (engine !== undefined) later?.(engine);
      // An engine that goes says no word of it: the next pass finds out.
      if (later !== undefined) await poor.now(name);
      await poor.until(name, () => poor.isTrueWithoutEngine(name), 150_000);
    };
    const names = Object.keys(ways).filter(name => ![withEngine, 'silent-in-a-pull'].includes(name));
    await Promise.all(names.map(isTrue));
  });

  test('closes its tunnel within 15 s of the commit, and says so', async () => {
    for (const name of poor.devices.keys()) assert.ok(await poor.reached(name), name);
    await followed('closed');
  });

  test('`agent now` says what happened, with an exit code: engine dead, device refused, gateway down', async () => {
    const dead = await poor.now('absent');
    assert.deepEqual([dead.code, dead.said.includes('ENGINE_UNREACHABLE')], [5, true], dead.said);
    assert.equal(JSON.parse((await poor.now('absent', '--json')).said).errors[0].code, 'ENGINE_UNREACHABLE');
    await poor.push({ 'devices/absent.yaml': null });
    const isRefused = async () => (await poor.now('absent')).said.includes('AGENT_REFUSED');
    await poor.until('absent', isRefused, 90_000);
    const refused = await poor.now('absent');
    assert.match(refused.said, /does not admit this device/);
    assert.equal(refused.code, 6);
  });

  test('says how its apps are again when it answers', async () => {
    const name = 'hangs-with-the-tunnel-open';
    const { engine } = poor.devices.get(name) ?? assert.fail();
    engine.answering = () => true;
    await poor.now(name);
    const isKnown = () => poor.status(name)?.projects.every(({ state }) => state !== 'unknown') === true;
    await poor.until(name, isKnown, 150_000);
    poor.gateway.signal('SIGKILL');
    await poor.gateway.ended();
    const away = await poor.now('absent');
    assert.match(away.said, /could not be asked \(AGENT_GATEWAY_UNREACHABLE/);
    assert.equal(away.code, 6);
  });
});
