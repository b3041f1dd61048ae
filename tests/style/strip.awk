# SPDX-License-Identifier: MIT
# Splits each line of C into `code` (no comments, strings emptied) and `text` (no comments).
# To be named before a script that uses them.

function strip_string(quote,    i, c)
{
	# In `rest`, after the opening quote: returns the length up to and with the closing one.
	for (i = 1; i <= length(rest); i++) {
		c = substr(rest, i, 1)
		if (c == "\\")
			i++
		else if (c == quote)
			return i
	}
	return length(rest)
}

FNR == 1 { in_comment = 0 }

{
	rest = $0
	code = text = ""
	while (rest != "") {
		if (in_comment) {
			at = index(rest, "*/")
			if (!at)
				break
			rest = substr(rest, at + 2)
			in_comment = 0
			code = code " "
			text = text " "
			continue
		}
		at = match(rest, /["']|\/\*|\/\//)
		if (!at) {
			code = code rest
			text = text rest
			break
		}
		head = substr(rest, 1, at - 1)
		mark = substr(rest, at, 1)
		code = code head
		text = text head
		if (mark == "/") {
			if (substr(rest, at + 1, 1) == "/")
				break
			in_comment = 1
			rest = substr(rest, at + 2)
			continue
		}
		rest = substr(rest, at + 1)
		n = strip_string(mark)
		code = code mark mark
		text = text mark substr(rest, 1, n)
		rest = substr(rest, n + 1)
	}
}
