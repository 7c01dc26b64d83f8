#!/bin/sh
# Helix, set up as the book says, against the server.
#
# In: the recipe in docs/editors.md, `hx`, `deed` and `tmux` on the path, and DEED_GRAMMAR, the compiled
# grammar. Out: exit code 0 if what the server says reaches the screen, read off a terminal that tmux keeps.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
home=$(mktemp -d)
terminal="tmux -L deed-helix-$$"
trap '$terminal kill-server 2>/dev/null || true; rm -rf "$home"' EXIT

mkdir -p "$home/helix"
sed -n '/^```toml$/,/^```$/{/^```/d;p}' "$here/../../../docs/editors.md" >"$home/helix/languages.toml"
mkdir -p "$home/helix/runtime/grammars" "$home/helix/runtime/queries"
cp "$DEED_GRAMMAR" "$home/helix/runtime/grammars/deed.so"
cp -R "$here/../tree-sitter/queries" "$home/helix/runtime/queries/deed"
cat >"$home/helix/config.toml" <<'END'
[editor]
end-of-line-diagnostics = "hint"
lsp.display-inlay-hints = true
END
cat >"$home/m.deed" <<'END'
module m

contract C {
    state { count: u64 = 0 }

    entry fn add(n: u64) {
        self.cuont += n
    }
}
END

keys() { # a key that follows an escape at once would be taken for one with Alt
    $terminal send-keys "$@"
    [ "$1" != Escape ] || sleep 0.5
}

shows() { # shows WHAT: waits until it is on the screen, for a minute
    left=600
    until $terminal capture-pane -p 2>/dev/null | grep -qF -- "$1"; do
        left=$((left - 1))
        if [ "$left" = 0 ]; then
            $terminal capture-pane -p
            echo "'$1' did not come" >&2
            exit 1
        fi
        sleep 0.1
    done
}

XDG_CONFIG_HOME=$home $terminal -f /dev/null new-session -d -x 120 -y 40 "hx $home/m.deed:7:14 || sleep 60"
shows 'no state field `cuont`'
keys :tree-sitter-highlight-name Enter
shows 'variable.other.member'
keys Escape
keys Space a
shows 'write `count`'
keys Enter
shows 'self.count += n'
keys Space k
shows 'count: u64 = 0'
keys Escape
keys o self.
shows 'address'
keys Escape
keys :lsp-workspace-command Enter
shows 'deed.verify'
echo "helix: messages, actions, hover, completion and commands are on the screen"
