_gts_oauth_accounts() {
    compadd -- ${(f)"$(_call_program accounts gts-oauth completions --accounts 2>/dev/null)"}
}

_gts_oauth_instances() {
    compadd -- ${(f)"$(_call_program instances gts-oauth completions --instances 2>/dev/null)"}
}

_gts_oauth_field() {
    compset -P '*=@' && _files
}

_gts_oauth_scopes() {
    _sequence -s , compadd - SCOPES
}
