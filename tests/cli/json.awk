# SPDX-License-Identifier: MIT
#
# Reads one JSON text (RFC 8259) and prints every value in order: PATH<tab>VALUE, the value of an
# object or array being its opening bracket. Paths are as in `.runs[0].verdict`. Anything that is no
# JSON, a key that comes twice or bytes that are no UTF-8: a message and exit code 1.

function bad(why)
{
	if (!failed)
		printf "at byte %d: %s\n", at, why
	failed = 1
}

function blank()
{
	while (index(" \n\t\r", c = substr(text, at, 1)) && c != "")
		at++
	return c
}

# The text from its quote on, quotes and escapes kept.
function string(	from)
{
	from = at++
	while (!failed) {
		c = substr(text, at, 1)
		if (c == "")
			bad("a text without an end")
		else if (c ~ /[[:cntrl:]]/ && c != "\177")
			bad("a raw control character in a text")
		else if (c == "\\" && substr(text, at + 1, 1) == "u") {
			if (substr(text, at + 2, 4) !~ /^[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]$/)
				bad("\\u without four digits")
			at += 6
		} else if (c == "\\") {
			if (!index("\"\\/bfnrt", substr(text, at + 1, 1)))
				bad("an unknown escape")
			at += 2
		} else if (c == "\"") {
			at++
			return substr(text, from, at - from)
		} else
			at++
	}
	return ""
}

function object(path,	key, n)
{
	at++
	if (blank() == "}") {
		at++
		return
	}
	for (; !failed; at++) {
		if (blank() != "\"") {
			bad("a key was expected")
			return
		}
		key = string()
		key = substr(key, 2, length(key) - 2)
		if (seen[path "\t" key]++)
			bad("the key " key " comes twice")
		if (blank() != ":") {
			bad("a colon was expected")
			return
		}
		at++
		element(path "." key)
		if (blank() == "}") {
			at++
			return
		}
		if (c != ",")
			bad("a comma was expected")
	}
}

function array(path,	n)
{
	at++
	if (blank() == "]") {
		at++
		return
	}
	for (n = 0; !failed; n++) {
		element(path "[" n "]")
		if (blank() == "]") {
			at++
			return
		}
		if (c != ",")
			bad("a comma was expected")
		at++
	}
}

function element(path,	rest)
{
	blank()
	if (c == "{" || c == "[") {
		print path "\t" c
		if (c == "{")
			object(path)
		else
			array(path)
		return
	}
	if (c == "\"") {
		rest = string()
	} else {
		rest = substr(text, at, 32)
		if (!match(rest, /^(true|false|null|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?)/))
			bad("a value was expected")
		rest = substr(rest, 1, RLENGTH)
		at += RLENGTH
	}
	print path "\t" rest
}

# Bytes, because the scripts run in the C locale.
function utf8(	rest)
{
	rest = text
	gsub(/[\001-\177]+/, "", rest)
	gsub(/[\302-\337][\200-\277]/, "", rest)
	gsub(/[\340-\357][\200-\277][\200-\277]/, "", rest)
	gsub(/[\360-\364][\200-\277][\200-\277][\200-\277]/, "", rest)
	return rest == ""
}

{ text = text $0 "\n" }

END {
	at = 1
	if (!utf8())
		bad("no UTF-8")
	element("")
	if (!failed && blank() != "")
		bad("more than one value")
	exit failed
}
