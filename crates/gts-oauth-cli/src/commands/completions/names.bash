
# Completes the names of accounts, instances, scopes and files, and the rest with the function above.
_gts_oauth_names() {
    local words name names last file files typed="${COMP_LINE:0:COMP_POINT}"
    local word="${typed##*[[:space:]]}"
    read -ra words <<< "${typed%"$word"}"
    case "${words[${#words[@]} - 1]} ${words[1]} $word" in
        --scopes\ *|--add-scopes\ *|*\ --scopes=*|*\ --add-scopes=*)
            names="$(printf '%s\n' SCOPES)"
            ;;
        -F\ api\ *=@*|--field\ api\ *=@*|--form\ api\ *=@*)
            files=y
            names="$(compgen -f -- "${word#*=@}")"
            ;;
        -a\ *|--account\ *)
            names="$("$1" completions --accounts 2>/dev/null)"
            ;;
        --request-timeout\ *|*\ -*)
            ;;
        login\ login\ *)
            names="$("$1" completions --instances 2>/dev/null)"
            ;;
        @*\ logout\ *|@*\ status\ *|@*\ switch\ *|@*\ token\ *)
            # There is an account already.
            ;;
        *\ logout\ *|*\ status\ *|*\ switch\ *|*\ token\ *)
            names="$("$1" completions --accounts 2>/dev/null)"
            ;;
    esac
    if [[ -z "$names" ]]; then
        _gts__oauth "$@"
        return
    fi
    # Scopes can be a list.
    last="${word##*[,=]}"
    if [[ -n "$files" ]]; then
        last="${word#*=@}"
    fi
    COMPREPLY=()
    if [[ -n "$files" && "$2" == @* ]]; then
        # With the option hostcomplete, readline replaces the @, too, which it would quote as a part of
        # a file name.
        while read -r name; do
            file="$(printf '@%q' "$name")"
            if [[ -d "$name" ]]; then
                file+=/
                compopt -o nospace 2>/dev/null
            fi
            COMPREPLY+=("$file")
        done <<< "$names"
        return
    fi
    [[ -n "$files" ]] && compopt -o filenames 2>/dev/null
    while read -r name; do
        # Not with compgen -W, which expands what is in the names.
        [[ "$name" == "$last"* ]] && COMPREPLY+=("${word%"$last"}$name")
    done <<< "$names"
    # Readline replaces only a part of the word, which is split at @ and colons.
    COMPREPLY=("${COMPREPLY[@]#"${word%"$2"}"}")
}
complete -F _gts_oauth_names -o bashdefault -o default gts-oauth
