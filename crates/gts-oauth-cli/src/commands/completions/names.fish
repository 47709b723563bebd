
function __fish_gts_oauth_accounts
    gts-oauth completions --accounts 2>/dev/null
end

function __fish_gts_oauth_instances
    gts-oauth completions --instances 2>/dev/null
end

# Whether an argument of the command was typed: not a subcommand, and not an option.
function __fish_gts_oauth_has_argument
    set -l words (commandline -opc | string match -v -- '-*')
    test (count $words) -gt 2
end

function __fish_gts_oauth_field
    set -l typed (commandline -ct)
    string match -q '*=@*' -- $typed; or return
    set -l name (string replace -r '=@.*' '=@' -- $typed)
    for path in (__fish_complete_path (string replace -r '^[^=]*=@' '' -- $typed))
        echo $name$path
    end
end

complete -c gts-oauth -n "__fish_gts_oauth_using_subcommand logout status switch token; and not __fish_gts_oauth_has_argument" -f -a "(__fish_gts_oauth_accounts)"
complete -c gts-oauth -n "__fish_gts_oauth_using_subcommand login" -l scopes -l add-scopes -x -a "(__fish_append , SCOPES)"
complete -c gts-oauth -n "__fish_gts_oauth_using_subcommand login" -f -a "(__fish_gts_oauth_instances)"
complete -c gts-oauth -n "__fish_gts_oauth_using_subcommand api" -s F -l field -l form -x -a "(__fish_gts_oauth_field)"
complete -c gts-oauth -n "__fish_gts_oauth_using_subcommand completions" -f -a "bash elvish fish powershell zsh"
complete -c gts-oauth -n "__fish_gts_oauth_using_subcommand help" -f -a "COMMANDS"
complete -c gts-oauth -n "__fish_gts_oauth_using_subcommand tokens demo" -f
