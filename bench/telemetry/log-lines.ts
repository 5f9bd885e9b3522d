/** Lines as apps write them: a third requests of a web server, a third JSON, a third of a program that says its level. */

/** The same ones on every machine. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const paths = [
  '/',
  '/api/v1/readings',
  '/api/v1/pumps/17',
  '/static/app.js',
  '/healthz',
  '/api/v1/alarms?open=true',
];
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'curl/8.5.0',
  'Go-http-client/1.1',
];
const said = [
  'connected to broker at 10.4.0.12:1883',
  'reading stored',
  'valve position adjusted',
  'retrying after timeout',
  'cache miss for key pump-17/pressure',
];

export function logLines(count: number): string {
  const random = randomOf(7);
  const one = <Value>(values: readonly Value[]): Value | undefined =>
    values[Math.floor(random() * values.length)];
  const lines: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const time = new Date(1_764_000_000_000 + number * 37).toISOString();
    const ms = Math.floor(random() * 400);
    if (number % 3 === 0) {
      const address = `10.4.${Math.floor(random() * 4)}.${Math.floor(random() * 250)}`;
      const size = Math.floor(random() * 20_000);
      lines.push(`${address} - - [${time}] "GET ${one(paths)} HTTP/1.1" 200 ${size} "-" "${one(agents)}"`);
    } else if (number % 3 === 1) {
      const message = one(said);
      lines.push(JSON.stringify({ time, level: 'info', msg: message, pump: Math.floor(random() * 40), ms }));
    } else
      lines.push(
        `${time} INFO  [worker-${Math.floor(random() * 4)}] ${one(said)} in ${ms} ms (seq=${number})`,
      );
  }
  return lines.map(line => `${line}\n`).join('');
}
