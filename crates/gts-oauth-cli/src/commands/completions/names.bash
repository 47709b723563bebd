
# Completes the names of accounts and scopes, and the rest with the function above.
_gts_oauth_names() {
    local words name names last typed="${COMP_LINE:0:COMP_POINT}"
    local word="${typed##*[[:space:]]}"
    read -ra words <<< "${typed%"$word"}"
    case "${words[${#words[@]} - 1]} ${words[1]} $word" in
        --scopes\ *|--add-scopes\ *)
            names="$(printf '%s\n' SCOPES)"
            ;;
        -a\ *|--account\ *)
            names="$("$1" completions --accounts 2>/dev/null)"
            ;;
        --request-timeout\ *|*\ -*)
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
    last="${word##*,}"
    COMPREPLY=()
    while read -r name; do
        # Not with compgen -W, which expands what is in the names.
        [[ "$name" == "$last"* ]] && COMPREPLY+=("${word%"$last"}$name")
    done <<< "$names"
    # Readline replaces only a part of the word, which is split at @ and colons.
    COMPREPLY=("${COMPREPLY[@]#"${word%"$2"}"}")
}
complete -F _gts_oauth_names -o bashdefault -o default gts-oauth
