"""What earlier versions published opens for ever: a database, bundles and exports of each, with what they answered."""
