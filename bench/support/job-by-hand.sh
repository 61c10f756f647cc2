# What a job does with git, by hand: the commands of both sides one after the other and nothing around
# them. The environment is the one that the product gives its trusted side's git, token included;
# commands that stand for those in a box (`boxed`) run without that configuration, as they do there.
# Reads URL, BRANCH, BASE (the commit to start from), CACHE and TRUSTED (bare repositories), WORK (an
# empty folder) and LINE (what the agent adds to a file). Prints the commit that it pushed.
set -eu

boxed() { GIT_CONFIG_COUNT=0 git "$@"; }

# prepare: fetch into the cache, carry a bundle over, clone it
git -C "$CACHE" fetch --quiet --prune --no-tags --no-write-fetch-head "$URL" \
  '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*'
git -C "$CACHE" bundle create --quiet "$WORK/clone.bundle" --branches --tags
boxed clone --quiet --branch "$BRANCH" -- "$WORK/clone.bundle" "$WORK/clone"
cd "$WORK/clone"
boxed remote set-url origin "$URL"
boxed checkout --quiet --no-track -B "$BRANCH" "$BASE"

# agent
echo "$LINE" >> notes.txt
boxed add --all
tree=$(boxed write-tree)

# collect: commit, carry a bundle out, take it in beside its parent
commit=$(boxed commit-tree "$tree" -p "$BASE" -m "$LINE")
boxed update-ref refs/box-action/result "$commit"
boxed bundle create --quiet "$WORK/result.bundle" "$BASE..refs/box-action/result"
cd "$TRUSTED"
git fetch --quiet --depth=1 --no-tags "$URL" "+$BASE:refs/job/base"
git fetch --quiet --no-tags "$WORK/result.bundle" "+refs/box-action/result:refs/job/head"

# publish
git push --quiet --no-verify "$URL" "refs/job/head:refs/heads/$BRANCH"
echo "$commit"
