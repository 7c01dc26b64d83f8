-- Neovim, set up as the book says, against the server.
--
-- In: the recipes in docs/editors.md, of which the first is for Neovim 0.11 and the second for older
-- ones, and `deed` on the path. Out: exit code 0 if what the server says of a file with a mistake
-- reaches the user, and the grammar that DEED_GRAMMAR names colours it, where Neovim has tree-sitter's queries.

local here = debug.getinfo(1, "S").source:sub(2):match("(.*/)") or "./"

--- The recipe for this Neovim.
local function recipe()
  local book = io.open(here .. "../../../docs/editors.md"):read("a")
  local blocks = {}
  for block in book:gmatch("```lua\n(.-)```") do
    table.insert(blocks, block)
  end
  return vim.lsp.config and blocks[1] or blocks[2]
end

--- Waits until a question is answered, or fails for want of it.
local function await(what, question)
  local answer
  vim.wait(60000, function()
    answer = question()
    return answer
  end, 50)
  return answer or error(what .. " did not come")
end

--- The grammar colours the file in sight as the queries say.
local function coloured()
  vim.treesitter.language.add("deed", { path = vim.env.DEED_GRAMMAR })
  local folder = here .. "../tree-sitter/queries/"
  for name in vim.fs.dir(folder) do
    vim.treesitter.query.set("deed", name:match("(%a+)"), io.open(folder .. name):read("a"))
  end
  vim.treesitter.start(0, "deed")
  vim.treesitter.get_parser(0, "deed"):parse()
  local found = vim.inspect(vim.treesitter.get_captures_at_pos(0, 1, 2))
  assert(found:find('"keyword"', 1, true), found)
end

local function check()
  local folder = vim.fn.tempname()
  vim.fn.mkdir(folder, "p")
  local file = folder .. "/m.deed"
  vim.fn.writefile({
    "module m",
    "contract C {",
    "    state { count: u64 = 0 }",
    "    entry fn add(n: u64) { self.cuont += n }",
    "}",
  }, file)
  -- As it is for a user, but not under `-u NONE`.
  vim.cmd("filetype on")
  assert(loadstring(recipe()))()
  vim.cmd("edit " .. file)
  local found = await("a message", function()
    local list = vim.diagnostic.get(0)
    return #list > 0 and list[1]
  end)
  assert(found.message:find("cuont"), found.message)
  vim.api.nvim_win_set_cursor(0, { 3, 13 })
  local place = vim.lsp.util.make_position_params(0, "utf-16")
  local answers = vim.lsp.buf_request_sync(0, "textDocument/hover", place, 60000)
  local _, hover = next(answers)
  assert(hover.result.contents.value:find("count: u64"), vim.inspect(hover))
  if vim.treesitter.query.set then coloured() end
  print(vim.bo.filetype .. ": " .. found.message .. "\n")
end

local ok, why = pcall(check)
if not ok then print(why .. "\n") end
vim.cmd(ok and "qall!" or "cquit 1")
