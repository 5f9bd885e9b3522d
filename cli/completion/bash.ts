/** Completion for bash. */
import { type CompletionVerb, namedPaths, quoted } from './verbs.ts';

const wordsOf = ({ below, options, choices }: CompletionVerb) =>
  [...below.map(({ name }) => name), ...choices, ...options.map(({ long }) => long)].join(' ');

/** Words after the verbs typed so far; options in between do not matter. */
export const bashCompletion = (
  verbs: readonly CompletionVerb[],
): string => `# towline completion for bash: source it, or put it into /etc/bash_completion.d
_towline() {
  local word verb='' known
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [ "\${word#-}" = "$word" ] || continue
    known="\${verb:+$verb }$word"
    case "$known" in
      ${namedPaths(verbs).map(quoted).join(' | ')}) verb=$known ;;
    esac
  done
  COMPREPLY=()
  case "$verb" in
${verbs.map(verb => `    ${quoted(verb.path)}) COMPREPLY=($(compgen -W ${quoted(wordsOf(verb))} -- "\${COMP_WORDS[COMP_CWORD]}")) ;;`).join('\n')}
  esac
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _towline towline
`;
