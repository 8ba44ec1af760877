"""The guide: how the site is used and by whom it is kept; its light and dark; what machines ask a site for."""
