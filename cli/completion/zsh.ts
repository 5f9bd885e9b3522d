/** Completion for zsh: sourced, or as the file `_towline` in a folder of $fpath. */
import { namesOfArguments, namesOfOptions } from './bash.ts';
import { type CompletionVerb, laterApps, namedPaths, namesBody, quoted, valueOptions } from './verbs.ts';

/** `_describe` takes name:description. */
const described = (pairs: readonly (readonly [name: string, description: string])[]) =>
  pairs.map(([name, description]) => quoted(`${name.replaceAll(':', '\\:')}:${description}`)).join(' ');

function caseOf({ path, below, options, choices }: CompletionVerb): string {
  const words = described([
    ...below.map(({ name, description }) => [name, description] as const),
    ...choices.map(choice => [choice, ''] as const),
  ]);
  const long = described(options.map(({ long, description }) => [long, description] as const));
  return `    (${quoted(path)}) below=(${words}) options=(${long}) ;;`;
}

// `path` is the shell's own name for PATH: the variable is another.
export const zshCompletion = (verbs: readonly CompletionVerb[]): string => `#compdef towline
# towline completion for zsh: source it after compinit, or put it as _towline into a folder of $fpath
_towline_names() {
  local top found
  ${namesBody}
}
_towline() {
  local word verb='' known option='' repo=. kind='' choices='' first=''
  local -i count=0
  local -a below options names
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ $option != --repo ]] || repo=$word
    case $option in (${valueOptions(verbs).join('|')}) option=''; continue ;; esac
    option=''
    [[ $word != --repo=* ]] || repo=\${word#--repo=}
    if [[ $word == -* ]]; then option=$word; continue; fi
    known="\${verb:+$verb }$word"
    case $known in
      (${namedPaths(verbs).map(quoted).join('|')}) verb=$known count=0 first='' ;;
      (*)
        case "$verb $count" in (*' 0'|${laterApps(verbs).map(quoted).join('|')}) first=$word ;; esac
        (( count += 1 )) ;;
    esac
  done
  case "$verb $option" in
${namesOfOptions(verbs).join('\n')}
  esac
  if [[ -n $choices ]]; then
    names=(\${=choices})
    _describe choice names
    return
  fi
  if [[ -n $kind ]]; then
    names=("\${(@f)$(_towline_names $kind $first)}")
    _describe $kind names
    return
  fi
  case "$verb $count" in
${namesOfArguments(verbs).join('\n')}
  esac
  case $verb in
${verbs.map(caseOf).join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe -o option options
  elif (( \${#below} )) || [[ -n $kind ]]; then
    (( ! \${#below} )) || _describe verb below
    [[ -z $kind ]] || names=("\${(@f)$(_towline_names $kind $first)}")
    if (( \${#names[1]} )); then _describe $kind names; elif (( ! \${#below} )); then _files; fi
  else
    _files
  fi
}
# As a file of $fpath this runs in place of the function, the first time.
if [ "\${funcstack[1]}" = _towline ]; then _towline "$@"; else compdef _towline towline; fi
`;
