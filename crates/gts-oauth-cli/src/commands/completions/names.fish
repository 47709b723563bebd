
function __fish_gts_oauth_accounts
    gts-oauth completions --accounts 2>/dev/null
end

complete -c gts-oauth -n "__fish_gts_oauth_using_subcommand logout status switch token" -f -a "(__fish_gts_oauth_accounts)"
complete -c gts-oauth -n "__fish_gts_oauth_using_subcommand login" -l scopes -l add-scopes -x -a "(__fish_append , SCOPES)"
