"""Routes by which trees and networks are shared and taken away."""
