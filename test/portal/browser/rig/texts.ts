/** What stands in the fields of made answers. */

/** Fields that the page makes addresses of, where the server has only names. */
const isName = (path: string): boolean =>
  /(?:^Device\.id|\.device|\.app|\.id|\.version)$/.test(path) || path === 'Row.id';

const words = [
  'The pump in the north basin answers again',
  'sha256:0f343b0931126a20f133d67c2b018a3bf30f343b0931126a20f133d67c2b018a',
  'towline plan name-1',
  '1.4.2',
  'registry.example.com/shop/web',
];

/** Ordinary words, each of them another one, some without a place to break. */
export function usualText(): (path: string) => string {
  let count = 0;
  return path => {
    count += 1;
    if (isName(path)) return `name-${count}`;
    const word = words[count % words.length] ?? '';
    // Names of an object, and what a list is drawn by, are apart from each other.
    return `${word} ${count}`;
  };
}

const attacks = [
  '<img src=x onerror="window.towlineSaw(\'error ran\')">',
  '"><script>window.towlineSaw("error ran")</script>',
  "javascript:window.towlineSaw('error ran')",
  '\u202Ereversed \u2066isolated\u2069 \u200Bzero\u200D',
  '\u0000\u001b[2J\u009b31m\u0007bell',
  '{{constructor.constructor("alert(1)")()}} <%= 7 %>',
  'style="position:fixed;inset:0" onmouseover=alert(1)',
  '../../../etc/passwd?x=1#y',
  'data:text/html,<script>alert(1)</script>',
  '<svg><style>*{display:none}</style><a xlink:href="javascript:alert(1)">x</a></svg>',
  '__proto__',
  'constructor',
  'W'.repeat(600),
  'a\nb\r\nc\td',
  '\uD800 half',
];

/** Everything that a stranger could want to be taken for something else, in every field. */
export function hostileText(): (path: string) => string {
  let count = 0;
  return path => {
    count += 1;
    if (isName(path)) return `name-${count}`;
    return `${attacks[count % attacks.length]}${path.endsWith('{}') ? '' : ` ${count}`}`;
  };
}
