(function body: (_)? @function.inside) @function.around
(contract body: (_) @class.inside) @class.around
(struct body: (_) @class.inside) @class.around
(asset body: (_) @class.inside) @class.around
(enum body: (_) @class.inside) @class.around
(comment)+ @comment.around
(doc_comment)+ @comment.around
