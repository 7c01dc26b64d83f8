; Comments have marks of their own, such as TODO.

([(comment) (block_comment)] @injection.content
  (#set! injection.language "comment"))
