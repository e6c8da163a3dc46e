"""Files published by earlier versions still open: a database, bundles and exports, with the responses of that time."""
