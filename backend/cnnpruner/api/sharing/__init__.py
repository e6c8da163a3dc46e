"""Routes for sharing trees and downloading networks."""
