; What can be selected as a whole.

(function body: (_)? @function.inside) @function.around
(init body: (_) @function.inside) @function.around
(migrate body: (_) @function.inside) @function.around
(closure) @function.around
(test body: (_) @test.inside) @test.around

(contract body: (_) @class.inside) @class.around
(struct body: (_) @class.inside) @class.around
(asset body: (_) @class.inside) @class.around
(enum body: (_) @class.inside) @class.around
(trait body: (_) @class.inside) @class.around
(interface body: (_) @class.inside) @class.around
(implementation body: (_) @class.inside) @class.around

(parameter) @parameter.inside
(argument) @parameter.inside
(type_argument) @parameter.inside

[(comment) (doc_comment) (module_doc) (block_comment)] @comment.inside
(comment)+ @comment.around
(doc_comment)+ @comment.around
