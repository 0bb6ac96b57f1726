namespace Imgsync.Cli.CommandLine;

/// <summary>What each shell is told: to ask the program itself, with the words up to the cursor.</summary>
internal static class CompletionScripts
{
    /// <summary>bash cuts words at = and :, so what stands before the last of them is taken off each candidate.</summary>
    public const string Bash = """
        # bash completion for imgsync
        _imgsync() {
          local line=${COMP_LINE:0:COMP_POINT} word candidate cut
          local -a words
          read -ra words <<<"$line"
          [[ $line == *[[:space:]] ]] && words+=("")
          word=${words[${#words[@]} - 1]}
          cut=${word%"${word##*[=:]}"}
          COMPREPLY=()
          while IFS=$'\t' read -r candidate _; do
            COMPREPLY+=("${candidate#"$cut"}")
          done < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
          [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
        }
        complete -o bashdefault -o default -F _imgsync imgsync
        """;

    public const string Zsh = """
        #compdef imgsync
        # zsh completion for imgsync
        _imgsync() {
          local line
          local -a candidates settings
          for line in "${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
            [[ -z $line ]] && continue
            if [[ ${line%%$'\t'*} == *= ]]; then
              settings+=("${line%%$'\t'*}")
            elif [[ $line == *$'\t'* ]]; then
              candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
            else
              candidates+=("${line//:/\\:}")
            fi
          done
          if (( ${#settings} )); then
            compadd -S '' -a settings
          elif (( ${#candidates} )); then
            _describe imgsync candidates
          else
            _files
          fi
        }
        if [[ $funcstack[1] == _imgsync ]]; then
          _imgsync "$@"
        else
          compdef _imgsync imgsync
        fi
        """;

    public const string Fish = """
        # fish completion for imgsync
        function __imgsync_complete
            set -l words (commandline -opc) (commandline -ct)
            $words[1] complete -- $words[2..-1] 2>/dev/null
        end
        complete -c imgsync -f -a '(__imgsync_complete)'
        complete -c imgsync -s c -l config -r -F
        """;
}
