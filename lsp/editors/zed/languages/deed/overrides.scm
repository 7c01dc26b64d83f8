(string) @string
[(comment) (doc_comment) (module_doc) (block_comment)] @comment
