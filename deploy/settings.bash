# Sourced by run and front: reads a configuration file (INI as in docs/configuration.md) without starting a process: each
# costs a start of the portal some 20 ms, so functions answer in variables.
# shellcheck shell=bash
declare -A settings=()

read_settings() {
	local line section='' name value
	while IFS= read -r line || [ -n "$line" ]; do
		line=${line%%[[:space:]];*}
		case "$line" in
		\[*) section=${line#[} section=${section%%]*} ;;
		[\;#]*) ;;
		*=*)
			name=${line%%=*} value=${line#*=}
			name=${name//[[:space:]]/}
			value=${value#"${value%%[![:space:]]*}"}
			value=${value%"${value##*[![:space:]]}"}
			settings[$section.$name]=$value
			;;
		esac
	done <"$1"
}

# setting VARIABLE SECTION.NAME [FALLBACK]: the fallback also where the value is empty.
setting() {
	local value_=${settings[$2]:-}
	printf -v "$1" %s "${value_:-${3-}}"
}
