# Sourced by run and front: reads a configuration file (INI as in docs/configuration.md) without starting a process.
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

# setting SECTION.NAME [FALLBACK]: also the fallback where the value is empty.
setting() {
	local value=${settings[$1]:-}
	printf '%s' "${value:-${2-}}"
}
