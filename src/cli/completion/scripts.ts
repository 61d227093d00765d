/**
 * Completion scripts. They only hand the words to `plimsoll __complete` and its answer to the shell, so that they need
 * not be renewed when commands and flags change.
 */

const BASH = `# bash completion for plimsoll; load it with:  source <(plimsoll completion bash)
_plimsoll() {
  # Bash breaks words at ":" and "=", which image names and flags contain; so the words are read from the line itself.
  local line="\${COMP_LINE:0:COMP_POINT}" current="" answer directive="" broken
  local -a words=()
  read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=("")
  current="\${words[-1]}"
  answer="$("\${words[0]}" __completeNoDesc "\${words[@]:1}" 2>/dev/null)" || return
  directive="\${answer##*:}"
  answer="\${answer%:*}"
  local IFS=$'\\n'
  COMPREPLY=($answer)
  broken="\${current%"\${current##*[:=]}"}"
  [[ -n "$broken" && "$COMP_WORDBREAKS" == *"\${broken: -1}"* ]] && COMPREPLY=("\${COMPREPLY[@]#"$broken"}")
  (( directive & 2 )) && compopt -o nospace
  (( directive & 4 )) && compopt +o default
  return 0
}
complete -o default -F _plimsoll plimsoll
`;

const ZSH = `#compdef plimsoll
# zsh completion for plimsoll; save it as _plimsoll in a folder of $fpath, or load it with:
#   source <(plimsoll completion zsh)
_plimsoll() {
  local -a lines described
  local line word directive
  lines=("\${(@f)$(\${words[1]} __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  directive="\${lines[-1]#:}"
  for line in "\${(@)lines[1,-2]}"; do
    word="\${\${line%%$'\\t'*}//:/\\\\:}"
    [[ "$line" == *$'\\t'* ]] && word+=":\${line#*$'\\t'}"
    described+=("$word")
  done
  if (( \${#described} )); then
    if (( directive & 2 )); then
      _describe -V plimsoll described -S ''
    else
      _describe -V plimsoll described
    fi
  elif (( ! (directive & 4) )); then
    _files
  fi
}
if [[ "\${funcstack[1]}" == "_plimsoll" ]]; then
  _plimsoll
else
  compdef _plimsoll plimsoll
fi
`;

const FISH = `# fish completion for plimsoll; save it as ~/.config/fish/completions/plimsoll.fish
function __plimsoll_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines ($words[1] __complete $words[2..-1] 2>/dev/null)
    set -l directive (string replace ':' '' -- $lines[-1])
    set -e lines[-1]
    if test (count $lines) -gt 0
        printf '%s\\n' $lines
    else if test (math "bitand($directive, 4)") -eq 0
        __fish_complete_path (commandline -ct)
    end
end
complete -c plimsoll -f -a '(__plimsoll_complete)'
`;

export const COMPLETION_SCRIPTS: Readonly<Record<string, string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
};
