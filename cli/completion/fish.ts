/** Completion for fish. */
import { type CompletionVerb, namedPaths } from './verbs.ts';

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function linesOf({ path, below, options, choices }: CompletionVerb): string[] {
  const line = (rest: string) => `complete -c towline -n ${quoted(`__towline_at ${quoted(path)}`)} ${rest}`;
  return [
    ...below.map(({ name, description }) => line(`-f -a ${name} -d ${quoted(description)}`)),
    ...(choices.length === 0 ? [] : [line(`-f -a ${quoted(choices.join(' '))}`)]),
    ...options.map(({ long, description, takesValue }) =>
      line(`${takesValue ? '-r ' : ''}-l ${long.slice(2)} -d ${quoted(description)}`),
    ),
  ];
}

export const fishCompletion = (
  verbs: readonly CompletionVerb[],
): string => `# towline completion for fish: ~/.config/fish/completions/towline.fish
function __towline_at -d 'Whether the verbs typed so far are these'
  set -l verb ''
  set -l typed (commandline -opc)
  for word in $typed[2..-1]
    string match -q -- '-*' $word; and continue
    set -l known (string trim -- "$verb $word")
    contains -- $known ${namedPaths(verbs).map(quoted).join(' ')}; and set verb $known
  end
  test "$verb" = "$argv[1]"
end
${verbs.flatMap(linesOf).join('\n')}
`;
