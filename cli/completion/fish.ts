/** Completion for fish. */
import { type CompletionVerb, laterApps, namedPaths, namesBody, valueOptions } from './verbs.ts';

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function linesOf({ path, below, options, choices, names, repeats }: CompletionVerb): string[] {
  const line = (rest: string, at = '') =>
    `complete -c towline -n ${quoted(`__towline_at ${quoted(path)}${at}`)} ${rest}`;
  return [
    ...below.map(({ name, description }) => line(`-f -a ${name} -d ${quoted(description)}`)),
    ...(choices.length === 0 ? [] : [line(`-f -a ${quoted(choices.join(' '))}`)]),
    ...names.flatMap((kind, at) => {
      const which = repeats && at === names.length - 1 ? '' : ` ${at}`;
      return kind === undefined ? [] : [line(`-f -a ${quoted(`(__towline_names ${kind})`)}`, which)];
    }),
    ...options.map(({ long, description, takesValue, names: kind, choices: listed }) => {
      const words = kind === undefined ? listed.join(' ') : `(__towline_names ${kind})`;
      const value = words === '' ? '-r ' : `-x -a ${quoted(words)} `;
      return line(`${takesValue ? value : ''}-l ${long.slice(2)} -d ${quoted(description)}`);
    }),
  ];
}

/** The verb and the repository stand before the arguments. */
function appLine(place: string): string {
  const [at = ''] = place.split(' ').slice(-1);
  return `  test "$typed[1]" = ${quoted(place.slice(0, -at.length - 1))}; and set app $typed[${Number(at) + 3}]`;
}

export const fishCompletion = (
  verbs: readonly CompletionVerb[],
): string => `# towline completion for fish: ~/.config/fish/completions/towline.fish
function __towline_typed -d 'The verbs typed so far, the repository, and each argument, a line each'
  set -l verb ''
  set -l option ''
  set -l repo .
  set -l given
  set -l typed (commandline -opc)
  for word in $typed[2..-1]
    test "$option" = --repo; and set repo $word
    if contains -- "$option" ${valueOptions(verbs).join(' ')}
      set option ''
      continue
    end
    set option ''
    string match -q -- '--repo=*' $word; and set repo (string replace -- '--repo=' '' $word)
    if string match -q -- '-*' $word
      set option $word
      continue
    end
    set -l known (string trim -- "$verb $word")
    if contains -- $known ${namedPaths(verbs).map(quoted).join(' ')}
      set verb $known
      set given
    else
      set -a given $word
    end
  end
  printf '%s\\n' "$verb" "$repo" $given
end
function __towline_at -d 'Whether the verbs typed so far are these, and so many arguments'
  set -l typed (__towline_typed)
  test "$typed[1]" = "$argv[1]"; or return 1
  test (count $argv) -eq 1; or test (math (count $typed) - 2) -eq $argv[2]
end
function __towline_names -d 'Names that the repository has'
  set -l typed (__towline_typed)
  set -l app $typed[3]
${laterApps(verbs).map(appLine).join('\n')}
  env repo=$typed[2] sh -c ${quoted(namesBody.replace('return 0', 'exit 0'))} towline $argv[1] $app
end
${verbs.flatMap(linesOf).join('\n')}
`;
