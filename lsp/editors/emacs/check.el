;;; check.el --- Emacs, set up as the book says, against the server  -*- lexical-binding: t -*-

;; In: the recipe in docs/editors.md, and `deed' on the path. Out: exit code 0 if what the server says
;; of a file with a mistake reaches the user.

;; Where Debian keeps eglot for an Emacs that comes without it.
(let ((default-directory "/usr/share/emacs/site-lisp/elpa-src/"))
  (when (file-directory-p default-directory) (normal-top-level-add-subdirs-to-load-path)))
(require 'eglot)
(require 'flymake)

(defun check--recipe (book)
  "The lines for Emacs in BOOK."
  (with-temp-buffer
    (insert-file-contents book)
    (re-search-forward "^```elisp\n")
    (let ((start (point)))
      (re-search-forward "^```$")
      (buffer-substring start (match-beginning 0)))))

(defun check--until (what question)
  "Waits until QUESTION is answered, or fails for want of WHAT."
  (let ((end (+ (float-time) 60)) answer)
    (while (not (setq answer (funcall question)))
      (when (> (float-time) end) (error "%s did not come" what))
      (accept-process-output nil 0.05))
    answer))

(defvar eglot-connect-timeout)

(let* ((here (file-name-directory load-file-name))
       (folder (make-temp-file "deed-emacs" t))
       (file (expand-file-name "m.deed" folder))
       (noninteractive nil))
  (setq eglot-sync-connect 1 eglot-connect-timeout 60)
  (with-temp-buffer
    (insert (check--recipe (expand-file-name "../../../docs/editors.md" here)))
    (eval-buffer))
  (with-temp-file file
    (insert "module m\n\ncontract C {\n    state { count: u64 = 0 }\n\n    entry fn add(n: u64) {\n"
            "        self.cuont += n\n    }\n}\n"))
  (find-file file)
  (run-hooks 'post-command-hook)
  (unless (eglot-current-server) (apply #'eglot--connect (eglot--guess-contact)))
  (check--until "the server" #'eglot-managed-p)
  (let ((found (check--until "a message" (lambda () (flymake-start) (flymake-diagnostics)))))
    (message "%s: %s" major-mode (flymake-diagnostic-text (car found)))
    (unless (string-match-p "cuont" (flymake-diagnostic-text (car found)))
      (error "another message was meant")))
  (eglot-shutdown (eglot-current-server))
  (delete-directory folder t))

;;; check.el ends here
