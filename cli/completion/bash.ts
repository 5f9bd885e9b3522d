/** Completion for bash. */
import { type CompletionVerb, laterApps, namedPaths, namesBody, quoted, valueOptions } from './verbs.ts';

const wordsOf = ({ below, options, choices }: CompletionVerb) =>
  [...below.map(({ name }) => name), ...choices, ...options.map(({ long }) => long)].join(' ');

/** `release 1`: the second argument of release is a name of a release. `status *`: each of status is one of a device. */
export const namesOfArguments = (verbs: readonly CompletionVerb[]): string[] =>
  verbs.flatMap(({ path, names, repeats }) =>
    names.flatMap((kind, at) => {
      const which = repeats && at === names.length - 1 ? '*' : at;
      return kind === undefined ? [] : [`    ${quoted(`${path} `)}${which}) kind=${kind} ;;`];
    }),
  );

/** What comes behind an option: names of the repository, or a list. */
export const namesOfOptions = (verbs: readonly CompletionVerb[]): string[] =>
  verbs.flatMap(({ path, options }) =>
    options.flatMap(({ long, names, choices }) => {
      const after = `    ${quoted(`${path} ${long}`)})`;
      if (choices.length > 0) return [`${after} choices=${quoted(choices.join(' '))} ;;`];
      return names === undefined ? [] : [`${after} kind=${names} ;;`];
    }),
  );

/** Words after the verbs typed so far; options in between do not matter. */
export const bashCompletion = (
  verbs: readonly CompletionVerb[],
): string => `# towline completion for bash: source it, or put it into /etc/bash_completion.d
_towline_names() {
  local top found
  ${namesBody}
}
_towline() {
  local word verb='' known option='' repo=. kind='' choices='' first=''
  local -i count=0
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    # bash breaks words there: --repo=dir is three of them.
    [ "$word" != = ] || continue
    [ "$option" != --repo ] || repo=$word
    case "$option" in ${valueOptions(verbs).join(' | ')}) option=''; continue ;; esac
    option=''
    case "$word" in --repo=*) repo=\${word#--repo=} ;; esac
    if [ "\${word#-}" != "$word" ]; then option=$word; continue; fi
    known="\${verb:+$verb }$word"
    case "$known" in
      ${namedPaths(verbs).map(quoted).join(' | ')}) verb=$known count=0 first='' ;;
      *)
        case "$verb $count" in *' 0' | ${laterApps(verbs).map(quoted).join(' | ')}) first=$word ;; esac
        count+=1 ;;
    esac
  done
  word=\${COMP_WORDS[COMP_CWORD]}
  [ "$word" != = ] || word=''
  case "$verb $option" in
${namesOfOptions(verbs).join('\n')}
  esac
  COMPREPLY=()
  if [ -n "$choices" ]; then
    COMPREPLY=($(compgen -W "$choices" -- "$word"))
    return
  fi
  if [ -n "$kind" ]; then
    COMPREPLY=($(compgen -W "$(_towline_names "$kind" "$first")" -- "$word"))
    return
  fi
  case "$verb $count" in
${namesOfArguments(verbs).join('\n')}
  esac
  case "$verb" in
${verbs.map(verb => `    ${quoted(verb.path)}) COMPREPLY=($(compgen -W ${quoted(wordsOf(verb))} -- "$word")) ;;`).join('\n')}
  esac
  [ -z "$kind" ] || COMPREPLY+=($(compgen -W "$(_towline_names "$kind" "$first")" -- "$word"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$word"))
}
complete -F _towline towline
`;
